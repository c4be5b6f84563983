"""How dates are written, language by language."""
