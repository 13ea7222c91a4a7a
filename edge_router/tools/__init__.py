"""What a decision leads to: tools from files, programs and descriptions, and how one is run."""
