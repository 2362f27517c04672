// What browsers and Node both have and ECMAScript's own library does not list: all that a pure room may use of the host.

interface TextDecoder {
  decode(input?: ArrayBufferView | ArrayBuffer): string;
}
declare const TextDecoder: { new (label?: string): TextDecoder };

interface TextEncoder {
  encode(input: string): Uint8Array;
}
declare const TextEncoder: { new (): TextEncoder };
