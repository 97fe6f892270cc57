/** The certificate of a lesson that somebody passed: theirs to have, as a PDF, for as long as it counts. */
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type OpenerParts,
  type Outcome,
} from '../../conversation/contract.ts';
import { keepOutgoingFile } from '../../conversation/outgoing-file.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { Refusal } from '../../errors.ts';
import { drawCertificate } from '../../files/draw-certificate.ts';
import { safeName } from '../../files/file-names.ts';
import { lessonNamed } from '../../isms/training/lesson-bank.ts';
import { courseOf, trainings, type Training } from '../../isms/training/training.ts';
import { worksCouncilMode } from '../../isms/training/works-council.ts';
import { words } from '../../language/vocabulary.ts';
import { selectSetting } from '../../records/setting.ts';
import { phrasesFor, room } from './phrases.ts';

/** Null where the course has none. */
export async function certificateButton(tx: Queryable, { person }: Pick<Context, 'person'>, { id, lesson, state }: Training): Promise<OpenerParts | null> {
  if (state !== 'completed' || lessonNamed(lesson) === null || !(await courseOf(tx, lesson)).certificate) return null;
  return { id: actionId(`${room}.certificate`, { training: id }), label: phrasesFor(person).say('certificate') };
} // prettier-ignore

export const certificateActions: Actions = {
  async [`${room}.certificate`](tx, context, { argument }) {
    const id = Number(argument('training'));
    const own = Number.isInteger(id) && id < 2 ** 31 ? await trainings.selectWhere(tx, 'id = $1 and person_id = $2', [id, context.person.id]) : [];
    const [training] = own;
    const lesson = lessonNamed(training?.lesson ?? '');
    if (training === undefined || lesson === null || (await certificateButton(tx, context, training)) === null)
      throw new Refusal(phrasesFor(context.person).say('noCertificate'));
    const { person } = context;
    const { say, of, titleOf, day } = phrasesFor(person);
    const issuer = await selectSetting(tx, 'organisation.name');
    const isShown = training.score !== null && !(await worksCouncilMode(tx))(person);
    const bytes = await drawCertificate({
      issuer,
      heading: say('certificate'),
      before: say('certifies'),
      person: person.name,
      after: say('hasCompleted'),
      course: titleOf(lesson),
      about: of(lesson.goal),
      facts: [
        { label: say('completedOn'), value: day(training.completedOn) },
        { label: say('validUntil'), value: day(training.expiresOn) },
        ...(isShown ? [{ label: say('score'), value: `${training.score ?? 0} %` }] : []),
        { label: say('reference'), value: training.reference },
      ],
      foot: [issuer === '' ? say('fromRecords') : say('fromRecordsOf', { issuer }), say('taught', { hash: training.textHash ?? '' })].join(' '),
    });
    const file = await keepOutgoingFile(tx, `${safeName(`${training.reference} ${person.name}`)}.pdf`, bytes);
    return toAsker({ text: say('yourCertificate', { title: titleOf(lesson), until: day(training.expiresOn) }), files: [file] });
  },
}; // prettier-ignore

const asks = words('awareness/certificates');

/** «My certificates»: null where they ask for something else. */
export function claimCertificates(context: Context, text: string): Outcome | null {
  return asks.is(text) === null ? null : (tx) => listed(tx, context);
}

async function listed(tx: Queryable, context: Context): Promise<Addressed[]> {
  const { say, titleOf, day } = phrasesFor(context.person);
  const items = [];
  for (const training of await trainings.selectWhere(tx, "person_id = $1 and state = 'completed'", [context.person.id])) {
    const button = await certificateButton(tx, context, training);
    const lesson = lessonNamed(training.lesson);
    if (button !== null && lesson !== null)
      items.push({ text: titleOf(lesson), detail: say('done', { until: day(training.expiresOn) }), button });
  }
  return toAsker({ text: say(items.length === 0 ? 'noCertificates' : 'certificates', { count: items.length }), items });
} // prettier-ignore
