"""Where print lies: pieces of lines, labels, ruled tables and lines, ink."""
