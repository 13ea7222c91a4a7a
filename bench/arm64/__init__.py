"""The same bits on other cores, without a board: user-mode QEMU, a small ARM system, a plugin that counts instructions."""
