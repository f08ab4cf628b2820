return "from a pack"
