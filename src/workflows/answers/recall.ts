/** Tells people, once and shortly, that an answer which helped them says something else now: never for other words alone. */
import type { Actions, JobHandler, Obligation } from '../../conversation/contract.ts';
import { actionId } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { Refusal } from '../../errors.ts';
import {
  recordRecalls,
  seeRecall,
  selectCited,
  selectRecalls,
  selectToRecall,
  type NewRecall,
} from '../../isms/answer/recall.ts';
import { selectSections } from '../../isms/policy-question/policy.ts';
import { changesBetween, type SectionChange } from '../../knowledge/section-changes.ts';
import { isSubstantial } from '../../knowledge/substance.ts';
import { dayOf } from '../../language/calendar.ts';
import { linesOf, shortened } from '../../language/text.ts';
import { dayIn, languageOf, wording } from '../../language/wording.ts';
import { selectSetting } from '../../records/setting.ts';

const looking = 'answers.recall';
/** Characters of a question, of what is different, and of a section on a card. */
const longest = { question: 90, says: 200, section: 1_500 };

async function windowOf(tx: Queryable, now: Date): Promise<{ since: Date; today: string } | null> {
  const days = await selectSetting(tx, 'answer.recall_days');
  return days === 0 ? null : { since: new Date(now.getTime() - days * 86_400_000), today: dayOf(now, 'UTC') };
}

export async function dueRecalls(tx: Queryable, now: Date) {
  const window = await windowOf(tx, now);
  if (window === null) return [];
  const versions = await selectToRecall(tx, window.since, window.today);
  return versions.map((id) => ({ key: `${looking}:${id}`, name: looking, values: { version: String(id) } }));
}

const look: JobHandler = async (tx, { now }, { version: said = '' }) => {
  const window = await windowOf(tx, now);
  if (window === null) return [];
  const version = Number(said);
  const cited = await selectCited(tx, version, window.since, window.today);
  const fresh = await selectSections(tx, version);
  const recalls: NewRecall[] = [];
  for (const [older, of] of Map.groupBy(cited, ({ olderId }) => olderId)) {
    const changes = changesBetween(await selectSections(tx, older), fresh).filter(isSubstantial);
    for (const each of of) {
      const change = changes.find(({ is, section, was }) => (is === 'gone' ? section.id : was?.id) === each.sectionId);
      if (change === undefined) continue;
      recalls.push({ ...each, newSectionId: change.is === 'gone' ? null : change.section.id, says: saysOf(change) });
    }
  }
  await recordRecalls(tx, now, version, recalls);
  return [];
}; // prettier-ignore

/** The sentence that decides, as it is now; what is gone as it was. */
function saysOf({ is, lines, ...rest }: SectionChange): string {
  const [first] = lines.toSorted((one, other) => weight(other) - weight(one));
  function weight(line: SectionChange['lines'][number]): number {
    return Number(isSubstantial({ is, ...rest, lines: [line] })) * 2 + Number(line.is !== 'gone');
  }
  return shortened(first?.text ?? '', longest.says);
}

export const recallJobs = { [looking]: look };

/** One line of the message of the day: they have nothing to do but to know it. */
export async function owedRecalls(
  tx: Queryable,
  people: readonly number[],
  now: Date,
): Promise<Obligation[]> {
  return (await selectRecalls(tx, people, now)).map((recall) => {
    const language = languageOf(recall);
    const say = wording('answers', language);
    const values = {
      question: shortened(recall.question, longest.question),
      day: dayIn(language, dayOf(recall.askedAt, 'UTC')),
      says: recall.says,
      title: recall.title,
    };
    return {
      record: `answer_recall:${recall.id}`,
      personId: recall.personId,
      askedAt: recall.foundAt,
      dueOn: null,
      item: {
        text: say(recall.isGone ? 'recalledGone' : 'recalled', values),
        detail: `${recall.title} v${recall.version}, ${recall.number} ${recall.heading}`.replace(
          /,\s+/,
          ', ',
        ),
        button: { id: actionId('answers.recalled', { recall: recall.id }), label: say('recalledLook') },
      },
      why: say('recalledWhy'),
      rank: 3,
    };
  });
}

export const recallActions: Actions = {
  async 'answers.recalled'(tx, { person, now }, { argument }) {
    const recall = await seeRecall(tx, person.id, Number(argument('recall')) || 0, now);
    const say = wording('answers', languageOf(person));
    if (recall === null) throw new Refusal(say('recalledNone'));
    return toAsker({
      text: linesOf(`«${shortened(recall.question, longest.question)}»`, recall.now === null ? say('recalledGoneNow', { title: recall.title }) : shortened(recall.now, longest.section)),
      facts: [
        { label: say('recalledSource'), value: `${recall.title} v${recall.version}, ${recall.number} ${recall.heading}` },
        { label: say('recalledBefore'), value: shortened(recall.before, longest.section) },
      ],
    });
  },
}; // prettier-ignore
