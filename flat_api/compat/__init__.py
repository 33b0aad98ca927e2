"""Programs written for the 0.x, 1.x and 2.x clients and for the DataFire integration: all that keeps them running."""
