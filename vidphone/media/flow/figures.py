"""A flow in figures."""

from vidphone.media.flow.audio_out import AudioOut
from vidphone.media.flow.flow import Flow
from vidphone.media.flow.incoming import AudioIn, VideoIn
from vidphone.media.flow.reports import RemoteView, Reports
from vidphone.media.flow.video_out import VideoOut
from vidphone.media.stats import CallStats, InboundStats, OutboundStats


class Figures:
    """Reads one call's figures, and remembers what rates are made from. Used on the loop."""

    def __init__(self) -> None:
        self._before: tuple[float, int, int] | None = None

    def of(self, call: str, flow: Flow | None, now_s: float, candidate_type: str) -> CallStats:
        """The figures now; rates and gaps are since the last time."""
        if flow is None:
            return CallStats(call, None)
        sent = flow.video_out.sender.frames_encoded if flow.video_out is not None else 0
        shown = flow.video_in.receiver.decoder_counters.frames_decoded if flow.video_in is not None else 0
        then_s, sent_then, shown_then = self._before or (now_s, sent, shown)
        if sent < sent_then or shown < shown_then:  # another transport
            then_s, sent_then, shown_then = now_s, sent, shown
        self._before = (now_s, sent, shown)
        elapsed_s = max(now_s - then_s, 0.001)
        return CallStats(
            call=call,
            round_trip_time_s=flow.reports.round_trip_s,
            audio_in=_audio_in(flow.audio_in) if flow.audio_in is not None else InboundStats(),
            audio_out=_audio_out(flow.audio_out, flow.reports) if flow.audio_out is not None else OutboundStats(),
            video_in=_video_in(flow.video_in, (shown - shown_then) / elapsed_s)
            if flow.video_in is not None
            else InboundStats(),
            video_out=_video_out(flow.video_out, flow.reports, (sent - sent_then) / elapsed_s)
            if flow.video_out is not None
            else OutboundStats(),
            available_outgoing_bitrate_bps=int(flow.outgoing.estimate.target_bps),
            sync_error_s=flow.sync_error_s,
            audio_gap_p95_ms=flow.audio_in.receiver.take_gap_p95_ms() if flow.audio_in is not None else None,
            local_candidate_type=candidate_type,
        )


def _audio_in(part: AudioIn) -> InboundStats:
    counters = part.receiver.counters
    statistics = part.stream.statistics if part.stream is not None else None
    return InboundStats(
        bytes_received=counters.bytes_received,
        packets_received=counters.packets_received,
        packets_lost=statistics.packets_lost if statistics is not None else 0,
        packets_discarded=counters.packets_discarded,
        jitter_s=statistics.jitter_s if statistics is not None else 0.0,
        fec_packets_received=counters.fec_packets_received,
        frames_decoded=counters.frames_decoded,
        jitter_buffer_delay_s=counters.jitter_buffer_delay_s,
        jitter_buffer_target_delay_s=counters.jitter_buffer_target_delay_s,
        jitter_buffer_emitted_count=counters.jitter_buffer_emitted_count,
        total_samples_received=counters.total_samples_received,
        concealed_samples=counters.concealed_samples,
        silent_concealed_samples=counters.silent_concealed_samples,
        concealment_events=counters.concealment_events,
        inserted_samples_for_deceleration=counters.inserted_samples_for_deceleration,
        removed_samples_for_acceleration=counters.removed_samples_for_acceleration,
        total_audio_energy=counters.total_audio_energy,
        codec="opus",
    )


def _audio_out(part: AudioOut, reports: Reports) -> OutboundStats:
    remote = reports.remote.get(part.plan.local_ssrc, RemoteView())
    return OutboundStats(
        bytes_sent=part.counter.octets,
        packets_sent=part.counter.packets,
        frames_encoded=part.sender.frames_encoded,
        codec="opus",
        remote_fraction_lost=remote.fraction_lost,
        remote_packets_lost=remote.packets_lost,
        remote_jitter_s=remote.jitter_s,
    )


def _video_in(part: VideoIn, frames_per_second: float) -> InboundStats:
    receiver = part.receiver
    stream, decoder = receiver.stream_counters, receiver.decoder_counters
    statistics = part.stream.statistics if part.stream is not None else None
    return InboundStats(
        bytes_received=part.bytes_received,
        packets_received=statistics.packets_received if statistics is not None else 0,
        packets_lost=statistics.packets_lost if statistics is not None else 0,
        packets_discarded=stream.packets_discarded,
        jitter_s=statistics.jitter_s if statistics is not None else 0.0,
        retransmitted_packets_received=part.rtx_packets,
        fec_packets_received=part.fec_packets,
        nack_count=stream.nack_count,
        pli_count=stream.pli_count,
        frames_received=stream.frames_received,
        frames_decoded=decoder.frames_decoded,
        frames_dropped=receiver.frames_dropped,
        key_frames_decoded=decoder.key_frames_decoded,
        frames_per_second=frames_per_second,
        frame_width=decoder.frame_width,
        frame_height=decoder.frame_height,
        freeze_count=receiver.freeze_count,
        total_freezes_duration_s=receiver.total_freezes_duration_s,
        total_decode_time_s=decoder.total_decode_time_s,
        jitter_buffer_delay_s=stream.jitter_buffer_delay_s,
        jitter_buffer_emitted_count=stream.jitter_buffer_emitted_count,
        codec=decoder.codec,
    )


def _video_out(part: VideoOut, reports: Reports, frames_per_second: float) -> OutboundStats:
    remote = reports.remote.get(part.plan.local_ssrc, RemoteView())
    return OutboundStats(
        bytes_sent=part.counter.octets + part.rtx_counter.octets,
        packets_sent=part.counter.packets + part.rtx_counter.packets,
        retransmitted_packets_sent=part.counter.retransmitted_packets + part.rtx_counter.retransmitted_packets,
        retransmitted_bytes_sent=part.counter.retransmitted_octets + part.rtx_counter.retransmitted_octets,
        fec_packets_sent=part.repair_packets,
        frames_encoded=part.sender.frames_encoded,
        key_frames_encoded=part.sender.key_frames_encoded,
        frames_per_second=frames_per_second,
        frame_width=part.sender.width,
        frame_height=part.sender.height,
        total_encode_time_s=part.sender.total_encode_time_s,
        target_bitrate_bps=part.target_bps,
        nack_count=part.nack_count,
        pli_count=part.pli_count,
        fir_count=part.fir_count,
        encoder_implementation=part.sender.implementation,
        codec=part.sender.codec.name,
        remote_fraction_lost=remote.fraction_lost,
        remote_packets_lost=remote.packets_lost,
        remote_jitter_s=remote.jitter_s,
    )
