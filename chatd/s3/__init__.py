"""What the library for S3 says and does when something fails."""
