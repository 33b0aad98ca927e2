"""Module names of earlier generations; `flat_api.__path__` leads here for names it does not have itself."""
