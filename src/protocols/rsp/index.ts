// The GDB remote protocol: packets as bytes, and what stands in them.
export { byteString, bytesOf, textOfUtf8, utf8 } from './bytes.js';
export { addressOfHex, bytesOfHex, hexOfBytes, hexOfText, numberOfHex, rangeOfHex, textOfHex } from './hex.js';
export { encodeNotification, encodePacket } from './packet.js';
export { type Arrival, PacketReader } from './packet-reader.js';
export { needsXsave, readRegister, type ThreadRegisters, writeRegister } from './register-values.js';
export { EXPEDITED, GENERAL_COUNT, type Register, registersOf, USER_WORD } from './registers.js';
export { linuxSignal, protocolSignal } from './signals.js';
export { targetDescription } from './target-description.js';
export { formatThreadId, parseThreadId, selects, type ThreadSelector } from './thread-id.js';
export { xmlText } from './xml.js';
