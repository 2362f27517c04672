// How a session comes to its program: given from outside, so that a session knows nothing of processes and sockets.
import type { Client } from '../../session/debug/index.js';

/** What a client asks to be started. */
export interface LaunchRequest {
  readonly kind: 'launch';
  readonly argv: readonly string[];
  /** Null: the adapter's own. */
  readonly cwd: string | null;
  /** Beside the adapter's own; null takes one away. */
  readonly environment: Readonly<Record<string, string | null>>;
  readonly inherit: 'none' | 'threads' | 'children';
  readonly engine: string | null;
}

/** A process that runs already. */
export interface AttachRequest {
  readonly kind: 'attach';
  readonly pid: number;
  readonly inherit: 'none' | 'threads' | 'children';
  readonly engine: string | null;
}

export type TargetRequest = LaunchRequest | AttachRequest;

/** What a launched program writes. */
export type OutputListener = (stream: 'stdout' | 'stderr', text: string) => void;

/** A program with its client, which controls. A launched one stands before its first instruction. */
export interface OpenedTarget {
  readonly client: Client;
  /** Resolves when all that the program has written was told; at once for one that was not launched. */
  readonly outputEnded: Promise<void>;
  /** To be called when the client leaves, before it does. */
  left(): Promise<void>;
}

/** Rejects with HwbkptError. */
export type OpenTarget = (request: TargetRequest, output: OutputListener) => Promise<OpenedTarget>;
