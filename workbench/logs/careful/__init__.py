"""The careful reader for logs larger than memory: same rules, blocks on disk."""
