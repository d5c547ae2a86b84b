"""Microsoft Teams, as scripts dump it from the Graph API: there is no export by Microsoft."""
