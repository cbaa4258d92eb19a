// The worker thread behind dieWithParent (lifeline.ts). It reads the pipe that the supervisor holds open, in
// a thread of its own so that a busy main thread cannot keep the process alive.
//
//   workerData  { graceMs }: milliseconds between SIGTERM and SIGKILL
import { Socket } from 'node:net';
import { workerData } from 'node:worker_threads';

const pipe = new Socket({ fd: 0, readable: true, writable: false });
pipe.on('error', () => {}); // "close" follows
pipe.on('close', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), workerData.graceMs);
});
pipe.resume();
