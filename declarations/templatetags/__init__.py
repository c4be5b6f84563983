"""Tags and filters of the templates: how icons, statuses, texts and menus look."""
