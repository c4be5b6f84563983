"""Staff declarations on mobile phones and social media: everything that a school would recognise."""
