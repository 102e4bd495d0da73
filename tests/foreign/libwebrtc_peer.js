// A phone that is not ours: libwebrtc without a browser. JSON lines on standard input and output.
//   node libwebrtc_peer.js FRAMES.yuv WIDTH HEIGHT SOUND.raw
// in:  {call: true} · {offer} · {answer} · {candidate: {candidate, sdpMid, sdpMLineIndex}} · {report: true}
// out: {offer} · {answer} · {candidate} (null: the last) · {connected: true} · {report: {…}}
'use strict';
const fs = require('fs');
const { RTCPeerConnection, nonstandard } = require('@roamhq/wrtc');

const [, , framesPath, width, height, soundPath] = process.argv;
const say = (what) => process.stdout.write(JSON.stringify(what) + '\n');
const pc = new RTCPeerConnection({ iceServers: [] });
const videoSource = new nonstandard.RTCVideoSource();
const audioSource = new nonstandard.RTCAudioSource();
const seen = { count: 0, frame: null };
const heard = [];
let sendingVideo;

function every(periodMs, beat) {
  const start = performance.now();
  let count = 0;
  (function next() {
    beat(count++);
    setTimeout(next, Math.max(0, start + count * periodMs - performance.now()));
  })();
}

function sendMedia() {
  const w = Number(width), h = Number(height), size = (w * h * 3) / 2;
  const frames = fs.readFileSync(framesPath), pcm = fs.readFileSync(soundPath);
  const sound = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2);
  every(1000 / 30, (n) => {
    const at = (n % (frames.length / size)) * size;
    videoSource.onFrame({ width: w, height: h, data: new Uint8ClampedArray(frames.subarray(at, at + size)) });
  });
  every(10, (n) => {
    const at = (n * 480) % sound.length;
    audioSource.onData({
      samples: sound.slice(at, at + 480), sampleRate: 48000, bitsPerSample: 16, channelCount: 1, numberOfFrames: 480,
    });
  });
}

pc.onicecandidate = ({ candidate }) => say({ candidate: candidate && {
  candidate: candidate.candidate, sdpMid: candidate.sdpMid, sdpMLineIndex: candidate.sdpMLineIndex } });
pc.onconnectionstatechange = () => pc.connectionState === 'connected' && say({ connected: true });
pc.ontrack = ({ track }) => {
  if (track.kind === 'audio') {
    new nonstandard.RTCAudioSink(track).ondata = (d) => {
      for (let i = 0; i < d.numberOfFrames; i++) heard.push(d.samples[i * d.channelCount]);
      heard.rate = d.sampleRate;
      if (heard.length > 3 * d.sampleRate) heard.splice(0, heard.length - 2 * d.sampleRate);
    };
  } else {
    new nonstandard.RTCVideoSink(track).onframe = ({ frame }) => {
      seen.count++;
      seen.frame = { width: frame.width, height: frame.height, data: Buffer.from(frame.data) };
    };
  }
};

async function local(kind) {
  const description = kind === 'offer' ? await pc.createOffer() : await pc.createAnswer();
  await pc.setLocalDescription(description);
  say({ [kind]: description.sdp });
}

function addTracks() {
  pc.addTrack(audioSource.createTrack());
  sendingVideo = pc.addTrack(videoSource.createTrack());
  sendMedia();
}

async function hear(message) {
  if (message.call) {
    addTracks();
    await local('offer');
  } else if (message.offer) {
    await pc.setRemoteDescription({ type: 'offer', sdp: message.offer });
    addTracks();
    await local('answer');
  } else if (message.answer) {
    await pc.setRemoteDescription({ type: 'answer', sdp: message.answer });
  } else if (message.candidate) {
    await pc.addIceCandidate(message.candidate);
  } else if (message.report) {
    const f = seen.frame, luma = f && f.data.subarray(0, f.width * f.height);
    say({ report: {
      frames: seen.count, width: f && f.width, height: f && f.height, luma: luma && luma.toString('base64'),
      rate: heard.rate, sound: Buffer.from(Int16Array.from(heard).buffer).toString('base64'),
    } });
  }
}

const lines = require('readline').createInterface({ input: process.stdin });
let order = Promise.resolve();
lines.on('line', (line) => {
  order = order.then(() => hear(JSON.parse(line))).catch((error) => say({ error: String(error) }));
});
lines.on('close', () => process.exit(0));
