"""RTP and RTCP: packets and reports as bytes, transport-wide feedback, reception figures, the sender's clock. Pure."""
