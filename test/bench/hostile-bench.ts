/** What reads words from outside, on words made to take it long: how its time grows, and how it stands to one pass over the same text. */
import { cpuTime } from '../support/growth.ts';
import { longestMessage } from '../../src/conversation/too-long.ts';
import { boundedReaders, readers, readTurn, signs, words } from '../support/hostile.ts';
import { duration, printTable, progress, ratio } from './measure.ts';

/** Characters. */
const size = 10_000;
const times = 4;
/** Milliseconds that 40,000 hostile characters may cost a turn. */
const mostOfTurn = 50;
const pieces = [...signs, ...words];

/** The peer: one expression that visits each character of the text once. */
const onePass = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, ' ');

export function benchHostile(): Promise<void> {
  const rows = Object.entries({ ...readers, ...boundedReaders }).map(([name, read]) => {
    progress(name);
    const [piece] = pieces
      .map((each): [string, number] => [
        each,
        Math.min(
          glance(() => read(textOf(each, size))),
          glance(() => read(textOf(each, size))),
        ),
      ])
      .reduce((worst, each) => (each[1] > worst[1] ? each : worst));
    const [short, long] = [textOf(piece, size), textOf(piece, size * times)];
    const small = milliseconds(() => read(short));
    const large = milliseconds(() => read(long));
    const peer = milliseconds(() => onePass(long));
    return [
      name,
      JSON.stringify(piece),
      duration(small),
      duration(large),
      ratio(large, small),
      ratio(large, peer),
    ];
  });
  printTable(
    `Hostile words, ${size.toLocaleString('en')} and ${(size * times).toLocaleString('en')} characters (CPU time of one thread)`,
    ['reader', 'worst of all on', 'time', `${times} times as long`, 'growth', 'beside one pass'],
    rows,
    [
      `${pieces.length} pieces a reader, each many times over. Linear grows ${times}×, quadratic ${times ** 2}×; a growth of 1 is a reader that takes a beginning alone.`,
    ],
  );
  printTable(
    'A turn of hostile words, before a model is asked (CPU time of one thread)',
    ['characters', 'worst of all on', 'time', 'limit'],
    [longestMessage, size * times].map((length) => {
      progress(`a turn of ${length}`);
      const [piece, time] = pieces
        .map((each): [string, number] => [each, milliseconds(() => readTurn(textOf(each, length)))])
        .reduce((worst, each) => (each[1] > worst[1] ? each : worst));
      return [length.toLocaleString('en'), JSON.stringify(piece), duration(time), duration(mostOfTurn)];
    }),
    [`Of more than ${longestMessage.toLocaleString('en')} characters none is read: that is said at once.`],
  );
  return Promise.resolve();
}

function textOf(piece: string, length: number): string {
  return piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
}

function milliseconds(work: () => unknown): number {
  return cpuTime(work) / 1_000;
}

/** A first look at which piece takes longest, on a machine that does other things too. */
function glance(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}
