"""The windows: Qt widgets, the view-model behind them, and the one bridge to the engine's thread."""
