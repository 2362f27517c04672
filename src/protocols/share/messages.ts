// Messages as texts: reading one answers with what it says or with what is wrong with it, and never throws.
import { type Answer, answer, type News, news } from './answers.js';
import { type Codec, NotOfShape } from './codec.js';
import { RESULTS, type Request, type ResultOf, request } from './requests.js';
import { rowText } from './rows.js';

/** What a text says, or what is wrong with it. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

function parsed<T>(read: () => T): Parsed<T> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    // JSON.parse throws SyntaxError.
    if (error instanceof NotOfShape || error instanceof SyntaxError) return { ok: false, problem: error.message };
    throw error;
  }
}

export function requestText(message: Request): string {
  return JSON.stringify(request.write(message));
}

export function parseRequest(text: string): Parsed<Request> {
  return parsed(() => request.read(JSON.parse(text)));
}

export function answerText(message: Answer): string {
  if (message.type !== 'news') return JSON.stringify(answer.write(message));
  return `{"type":"news","news":[${message.news.map(newsText).join(',')}]}`;
}

/** Hits by hand, as there are so many. */
function newsText(one: News): string {
  if (one.type !== 'hits') return JSON.stringify(news.write(one));
  return `{"type":"hits","rows":[${one.rows.map(rowText).join(',')}]}`;
}

export function parseAnswer(text: string): Parsed<Answer> {
  return parsed(() => answer.read(JSON.parse(text)));
}

/** What an answer `done` to a request of that type holds, from `result` as it was read. */
export function parseResult<T extends Request['type']>(type: T, result: unknown): Parsed<ResultOf<T>> {
  return parsed(() => (RESULTS[type] as unknown as Codec<ResultOf<T>>).read(result));
}

/** {@link Answer.result} of a request of that type. */
export function resultOf<T extends Request['type']>(type: T, result: ResultOf<T>): unknown {
  return (RESULTS[type] as unknown as Codec<ResultOf<T>>).write(result);
}
