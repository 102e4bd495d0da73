// One end of a measured call: libwebrtc without a browser (npm's @roamhq/wrtc, which the tests install). The protocol is
// that of benchmarks/README.md.
//   node libwebrtc_peer.js send SECONDS CLIP.y4m CODEC [SPEECH.raw]
//   node libwebrtc_peer.js recv SECONDS FOLDER
'use strict';
const fs = require('fs');
const path = require('path');
const { createInterface } = require('readline');
const marks = require('./marks.js');
const wrtc = require('../../tests/foreign/node_modules/@roamhq/wrtc');

const CHUNK = 480;
const WARM_MS = 1000 * Number(process.env.WARM || 3);
const nowMs = () => Number(process.hrtime.bigint()) / 1e6; // CLOCK_MONOTONIC
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const say = (what) => process.stdout.write(JSON.stringify(what) + '\n');
const words = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const heard = async () => JSON.parse((await words.next()).value);

async function coresUsed(seconds) {
  const before = process.cpuUsage(), from = nowMs();
  await sleep(seconds * 1000);
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000 / (nowMs() - from);
}

function camera(source, clip) {
  const data = new Uint8ClampedArray(clip.size);
  return marks.every(1000 / 30, (number) => {
    data.set(clip.pictures[number % clip.pictures.length]);
    marks.stamp(data, clip.width, 0, Math.floor(nowMs()) >>> 0);
    marks.stamp(data, clip.width, 1, number);
    source.onFrame({ width: clip.width, height: clip.height, data });
  });
}

function microphone(source, pcm) {
  const samples = new Int16Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.length));
  const begun = nowMs();
  const whole = samples.length - (samples.length % CHUNK);
  marks.every(10, (number) => {
    const at = (number * CHUNK) % whole;
    source.onData({
      samples: samples.slice(at, at + CHUNK), sampleRate: 48000, bitsPerSample: 16, channelCount: 1, numberOfFrames: CHUNK,
    });
  });
  return begun;
}

async function send(pc, seconds, clipPath, codec, speechPath) {
  const clip = marks.readClip(fs.readFileSync(clipPath));
  const pictures = new wrtc.nonstandard.RTCVideoSource(), sound = new wrtc.nonstandard.RTCAudioSource();
  const transceiver = pc.addTransceiver(pictures.createTrack(), { direction: 'sendonly' });
  const codecs = marks.preferred(wrtc.RTCRtpSender.getCapabilities('video'), codec);
  if (codecs) transceiver.setCodecPreferences(codecs);
  if (speechPath) pc.addTransceiver(sound.createTrack(), { direction: 'sendonly' });
  await pc.setLocalDescription(await pc.createOffer());
  await marks.gathered(pc);
  say({ type: 'offer', sdp: pc.localDescription.sdp });
  await pc.setRemoteDescription(await heard());
  camera(pictures, clip);
  const audioStart = speechPath ? microphone(sound, fs.readFileSync(speechPath)) : null;
  await sleep(WARM_MS);
  const cpu = await coresUsed(seconds);
  const { bytes, ...told } = marks.videoSent(await pc.getStats());
  say({ who: 'send', cpu, kbps: (bytes * 8) / (seconds * 1000 + WARM_MS), audioStart, ...told });
}

async function receive(pc, seconds, folder) {
  const frames = fs.openSync(path.join(folder, 'frames.bin'), 'w');
  const sound = fs.openSync(path.join(folder, 'audio.bin'), 'w');
  const screen = new marks.Screen((record) => fs.writeSync(frames, record));
  pc.ontrack = ({ track }) => {
    if (track.kind === 'audio') {
      new wrtc.nonstandard.RTCAudioSink(track).ondata = ({ samples, sampleRate, channelCount }) =>
        fs.writeSync(sound, marks.soundRecord(nowMs(), sampleRate, channelCount || 1, samples));
    } else {
      new wrtc.nonstandard.RTCVideoSink(track).onframe = ({ frame }) =>
        screen.picture(nowMs(), frame.data, frame.width, frame.height);
    }
  };
  await pc.setRemoteDescription(await heard());
  await pc.setLocalDescription(await pc.createAnswer());
  await marks.gathered(pc);
  say({ type: 'answer', sdp: pc.localDescription.sdp });
  await sleep(WARM_MS);
  screen.begin(nowMs());
  const cpu = await coresUsed(seconds);
  screen.end(nowMs());
  fs.writeFileSync(path.join(folder, 'shown.bin'), screen.shownRecords());
  say({ who: 'recv', cpu, ...screen.figures(seconds) });
}

(async () => {
  const [, , role, seconds, ...rest] = process.argv;
  const pc = new wrtc.RTCPeerConnection({ iceServers: [] });
  await (role === 'send' ? send : receive)(pc, Number(seconds), ...rest);
  await sleep(500); // what was said gets out, and the other end measures to its end
  process.exit(0);
})();
