"""Encoders and decoders of pictures, which of them to use, and the size of picture a rate is good for."""

from vidphone.media.codec.decoders import available_decoders, is_keyframe, make_decoder
from vidphone.media.codec.libav import probe_hardware
from vidphone.media.codec.make import available_encoders, make_encoder
from vidphone.media.codec.picture import DecodeError, EncodedPicture, EncodeError, VideoDecoder, VideoEncoder

__all__ = [
    "DecodeError",
    "EncodeError",
    "EncodedPicture",
    "VideoDecoder",
    "VideoEncoder",
    "available_decoders",
    "available_encoders",
    "is_keyframe",
    "make_decoder",
    "make_encoder",
    "probe_hardware",
]
