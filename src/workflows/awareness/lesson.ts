/** A lesson, a card at a time, from where the person stopped reading. */
import {
  actionId,
  type Actions,
  type Addressed,
  type AnswerHandler,
  type Context,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import type { Lesson } from '../../isms/training/lesson-bank.ts';
import { lessonCalled, noteRead, openTraining } from '../../isms/training/training.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import type { Say } from '../../language/wording.ts';
import { words } from '../../language/vocabulary.ts';
import { phrasesFor, room } from './phrases.ts';
import { quizButton } from './said.ts';
import { sectionFor } from './section.ts';

const next = words('awareness/next');

/** Which demand of clause 7.3 it serves, and for whom it is. */
function servesIn(say: Say, { serves, roles }: Lesson): string {
  return say('serves', { what: serves.map((each) => say(`serves ${each}`)).join('; '), whom: roles.map((each) => say(`role ${each}`)).join(', ') });
} // prettier-ignore

export function lessonsOf(lexicon: Lexicon) {
  /** @param card  from 0 on; past the last one what is to be kept. Null for where the person stopped */
  async function show(tx: Queryable, context: Context, topic: string, card: number | null, inPlace: boolean): Promise<Addressed[]> {
    const lesson = lessonCalled(topic);
    const command = commandOf(context);
    const training = await openTraining(tx, command, lesson);
    const phrases = phrasesFor(context.person);
    const { say, of, titleOf } = phrases;
    const total = lesson.cards.length;
    const at = Math.min(Math.max(card ?? (training.cards >= total ? 0 : training.cards), 0), total);
    await noteRead(tx, command, training, at);
    const idOf = (to: number) => actionId(`${room}.lesson`, { topic, card: to });
    const back = at === 0 ? [] : [{ id: idOf(at - 1), label: say('back') }];
    const text = lesson.cards[at];
    const reply =
      text === undefined
        ? {
            text: say('remember', { text: of(lesson.remember) }),
            citations: await sectionFor(lexicon, tx, context, lesson.policy),
            buttons: [{ ...quizButton(topic, say('quiz')), style: 'primary' as const }, ...back],
          }
        : {
            text: at === 0 ? `${say('isNow', { title: titleOf(lesson), minutes: lesson.minutes })}\n${of(text)}` : of(text),
            aside: at === 0 ? servesIn(say, lesson) : null,
            progress: { label: say('card'), done: at + 1, total },
            buttons: [{ id: idOf(at + 1), label: say('next'), style: 'primary' as const }, ...back],
          };
    return [{ to: 'asker', reply, replacesCard: inPlace, awaits: idOf(at + 1) }];
  }

  const actions: Actions = {
    async [`${room}.lesson`](tx, context, { argument }) {
      const card = argument('card');
      return show(tx, context, argument('topic'), card === '' ? null : Number(card), card !== '');
    },
  };
  const answers: Record<string, AnswerHandler> = {
    [`${room}.lesson`]: async (context, { text }, argument) =>
      next.is(text) === null ? null : (tx) => show(tx, context, argument('topic'), Number(argument('card')), false),
  };
  return {
    actions,
    answers,
    begin: (tx: Queryable, context: Context, topic: string) => show(tx, context, topic, null, false),
  };
} // prettier-ignore
