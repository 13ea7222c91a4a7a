"""The same bits on other cores, without a board: user-mode QEMU, an ARM Python, a plugin that
counts.
"""
