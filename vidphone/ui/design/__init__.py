"""The design system: tokens, one style sheet made of them, icons, and the small widgets that windows are made of.

`Theme` is handed to every widget: it knows the palette, the sizes, the motion and, as `theme.words`, the language.
Widgets that say something take the key of a text and say it anew by themselves when the language changes.
"""
