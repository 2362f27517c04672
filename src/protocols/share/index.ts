// Framing and messages between hwbkpt commands on one process.
export type { Answer, Happening, News, WireCause, WireRefusal } from './answers.js';
export { encodeFrame, FrameReader, MOST_FRAME } from './framing.js';
export { answerText, type Parsed, parseAnswer, parseRequest, parseResult, requestText, resultOf } from './messages.js';
export { MOST_MEMORY, PROTOCOL_VERSION, type Request, type RequestOf, type ResultOf, type Wishes } from './requests.js';
export { type Definition, MOST_ENTRIES, type Origin, type Row, VALUE_SOURCES } from './rows.js';
export type { WireArming, WireInfo, WireType } from './values.js';
