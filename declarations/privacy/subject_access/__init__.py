"""All that is kept about one person, as an archive to hand over after somebody has read its free texts."""
