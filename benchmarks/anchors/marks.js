// What the ends in JavaScript share, in Node.js and in a page; benchmarks/marks.py says what the marks and records are.
'use strict';
(function (root) {
  const BITS = 32, ACROSS = 80, DARK = 16, LIGHT = 235, MIDDLE = 125, MAX_AGE_MS = 20000;

  function stamp(luma, width, row, value) {
    const cell = width / ACROSS;
    for (let y = row * cell; y < (row + 1) * cell; y++) {
      for (let bit = 0; bit < BITS; bit++) {
        const x = y * width + bit * cell;
        luma.fill((value >>> bit) & 1 ? LIGHT : DARK, x, x + cell);
      }
    }
  }

  function unstamp(luma, width, row, stride = width) {
    const cell = width / ACROSS, line = Math.floor((row + 0.5) * cell) * stride;
    let value = 0;
    for (let bit = 0; bit < BITS; bit++) {
      if (luma[line + Math.floor((bit + 0.5) * cell)] > MIDDLE) value += 2 ** bit;
    }
    return value;
  }

  function readClip(bytes) {
    const end = bytes.indexOf(10), head = new TextDecoder().decode(bytes.subarray(0, end));
    const width = +/ W(\d+)/.exec(head)[1], height = +/ H(\d+)/.exec(head)[1], size = (width * height * 3) / 2;
    const pictures = [];
    for (let at = end + 1 + 6; at + size <= bytes.length; at += size + 6) pictures.push(bytes.subarray(at, at + size));
    return { width, height, size, pictures };
  }

  // Calls beat(0), beat(1), ... each when its time has come; tells how to stop. Late beats follow one another at once.
  function every(periodMs, beat) {
    const start = performance.now();
    let count = 0, running = true;
    (function next() {
      if (!running) return;
      const early = start + count * periodMs - performance.now();
      if (early <= 1) beat(count++);
      setTimeout(next, early <= 1 ? 0 : early);
    })();
    return () => { running = false; };
  }

  // What a viewer saw. `sample` is called with a luma plane twice a second, for the picture quality.
  class Screen {
    constructor(sample) {
      Object.assign(this, { sample, on: false, count: 0, ages: [], gaps: [], sizes: {}, shown: [], lastMs: 0, nextMs: 0 });
    }

    begin(nowMs) { this.on = true; this.lastMs = nowMs; }

    end(nowMs) { this.on = false; this.gaps.push(nowMs - this.lastMs); }

    picture(nowMs, luma, width, height, stride = width) {
      const made = unstamp(luma, width, 0, stride), number = unstamp(luma, width, 1, stride);
      this.shown.push([nowMs, made, number]);
      if (!this.on) return;
      this.count++;
      const age = (Math.floor(nowMs) - made) >>> 0;
      if (age <= MAX_AGE_MS) this.ages.push(age); // else the mark was coded too coarsely
      this.gaps.push(nowMs - this.lastMs);
      this.lastMs = nowMs;
      const size = `${width}x${height}`;
      this.sizes[size] = (this.sizes[size] || 0) + 1;
      if (nowMs >= this.nextMs) {
        this.nextMs = nowMs + 500;
        this.sample(frameRecord(luma, width, height, stride, number));
      }
    }

    figures(seconds) {
      const ages = this.ages.slice().sort((a, b) => a - b);
      const at = (part) => (ages.length ? ages[Math.min(ages.length - 1, Math.floor(part * ages.length))] : null);
      return {
        fps: this.count / seconds, latency_ms: { p50: at(0.5), p95: at(0.95), max: at(1) },
        frozen_ms: this.gaps.filter((gap) => gap > 150).reduce((sum, gap) => sum + gap, 0), sizes: this.sizes,
      };
    }

    shownRecords() {
      const view = new DataView(new ArrayBuffer(this.shown.length * 16));
      this.shown.forEach(([nowMs, made, number], index) => {
        view.setFloat64(index * 16, nowMs, true);
        view.setUint32(index * 16 + 8, made, true);
        view.setUint32(index * 16 + 12, number, true);
      });
      return new Uint8Array(view.buffer);
    }
  }

  function frameRecord(luma, width, height, stride, number) {
    const record = new Uint8Array(12 + width * height), view = new DataView(record.buffer);
    [width, height, number].forEach((value, index) => view.setUint32(index * 4, value, true));
    for (let y = 0; y < height; y++) record.set(luma.subarray(y * stride, y * stride + width), 12 + y * width);
    return record;
  }

  function soundRecord(nowMs, rateHz, channels, samples) {
    const record = new Uint8Array(20 + samples.byteLength), view = new DataView(record.buffer);
    view.setFloat64(0, nowMs, true);
    [rateHz, channels, samples.byteLength].forEach((value, index) => view.setUint32(8 + index * 4, value, true));
    record.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), 20);
    return record;
  }

  // The video codecs of a peer connection that bear a name, with what repairs them; null: leave the choice to the peer.
  function preferred(capabilities, codec) {
    if (!codec || codec === 'any') return null;
    const named = (each) => each.mimeType.toLowerCase() === `video/${codec.toLowerCase()}`;
    return capabilities.codecs.filter((each) => named(each) || /\/(rtx|red|ulpfec|flexfec-03)$/.test(each.mimeType));
  }

  // What the sender's statistics tell of the pictures.
  function videoSent(report) {
    const all = [...report.values()];
    const out = all.find((each) => each.type === 'outbound-rtp' && (each.kind || each.mediaType) === 'video') || {};
    const codec = all.find((each) => each.id === out.codecId);
    return {
      bytes: out.bytesSent || 0, codec: codec && codec.mimeType, width: out.frameWidth, keyframes: out.keyFramesEncoded,
      target: out.targetBitrate, encoder: out.encoderImplementation, limit: out.qualityLimitationReason,
    };
  }

  const gathered = (pc) => new Promise((done) => {
    const look = () => pc.iceGatheringState === 'complete' && done();
    pc.addEventListener('icegatheringstatechange', look);
    look();
  });

  const marks = { stamp, unstamp, readClip, every, Screen, soundRecord, preferred, videoSent, gathered };
  if (typeof module === 'undefined') root.marks = marks;
  else module.exports = marks;
})(globalThis);
