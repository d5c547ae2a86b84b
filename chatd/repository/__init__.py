"""Backup repositories: many backups in one folder or bucket, each content kept once."""
