"""A small home on a real Home Assistant, and the script of the demo that is played in it.

`demo.home_assistant`, `demo.client` and their neighbours are also what the end-to-end tests are made of.
"""
