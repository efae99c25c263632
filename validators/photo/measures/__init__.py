"""What is measured on a portrait: wall, skin, ears, cover, tone."""
