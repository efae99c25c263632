"""The engine: PaddleOCR over its model files, which are fetched, verified and described here."""
