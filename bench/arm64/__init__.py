"""The same bits on other cores, without a board: user-mode QEMU, a small ARM system, and a plugin that counts instructions."""
