"""How each rule of the book is checked, one module a suite."""
