"""The frozen program: the desktop and the phone's commands; in an update everything below it is replaced with it."""

import sys

if __name__ == "__main__":
    if sys.argv[1:] == ["--print-sound-devices"]:  # the helper process of media/sound, which has no `python -c` here
        from vidphone.media.sound.portaudio import print_devices

        print_devices()
        sys.exit(0)
    from vidphone.cli import main

    sys.exit(main())
