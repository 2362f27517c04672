// The room's door: a server for gdb and lldb over a target that may be shared.
export type { Line } from './line.js';
export { GdbServer, type GdbServerHost, type GdbServerOptions, serveStream } from './server.js';
export type { SessionOptions } from './session.js';
