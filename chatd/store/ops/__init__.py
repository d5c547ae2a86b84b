"""Operations on the data folder: migrate, back up, verify."""
