/** What people ask that no policy answers, gathered by subject, becomes a proposed improvement of that policy: with counts, never with who asked. */
import type { Addressed } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { buttonsOf } from '../../dialogue/buttons.ts';
import {
  proposeFromQuestions,
  selectFromQuestions,
  type Improvement,
} from '../../isms/improvement/improvement.ts';
import {
  selectOwned,
  selectUnanswered,
  type OwnedDocument,
  type Unanswered,
} from '../../isms/improvement/unanswered.ts';
import { selectBackground } from '../../knowledge/search-index.ts';
import {
  clusterQuestions,
  stemsOf,
  describeCluster,
  type Described,
  type QuestionCluster,
} from '../../knowledge/question-clusters.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { languageOf, wording } from '../../language/wording.ts';
import { selectByRole, selectNamesOfAll, selectPeople } from '../../records/person.ts';
import { selectSetting } from '../../records/setting.ts';

export const room = 'improvements';
const day = 86_400_000;

export interface Subject extends Described {
  /** Null where no policy is near. */
  document: OwnedDocument | null;
  people: number;
  questions: number;
  notHelpful: number;
  answers: number[];
  /** The improvement that is open on it, or was declined lately. */
  known: Improvement | null;
}

/** Of at least so many people as the setting says; the most asked first. */
export async function selectSubjects(tx: Queryable, lexicon: Lexicon, now: Date): Promise<Subject[]> {
  const { people: least, days, alike, quietDays } = await selectSetting(tx, 'improvement.questions');
  const asked = await selectUnanswered(tx, new Date(now.getTime() - days * day));
  const clusters = clusterQuestions(lexicon, asked, await backgroundOf(tx, asked.map(({ question }) => question), lexicon)).filter(({ people }) => people >= least);
  const documents = new Map(clusters.map((cluster) => [cluster, nearestOf(cluster)]));
  const owned = await selectOwned(tx, [...documents.values()].flatMap((id) => id ?? []));
  const names = await selectNamesOfAll(tx);
  const known = await selectFromQuestions(tx, new Date(now.getTime() - quietDays * day));
  return clusters.map((cluster) => {
    const document = owned.find(({ id }) => id === documents.get(cluster)) ?? null;
    const described = describeCluster(lexicon, cluster, { least, alike, names });
    return {
      ...described,
      document,
      people: cluster.people,
      questions: cluster.questions.length,
      notHelpful: cluster.questions.filter(({ notHelpful }) => notHelpful).length,
      answers: cluster.questions.map(({ id }) => id),
      known: known.find((each) => isSame(each, document, described)) ?? null,
    };
  });
} // prettier-ignore

function backgroundOf(tx: Queryable, questions: readonly string[], lexicon: Lexicon) {
  const stems = new Set(questions.flatMap((question) => [...stemsOf(lexicon, question).keys()]));
  return selectBackground(tx, [...stems]);
}

/** The policy that came nearest to most of them. */
function nearestOf({ questions }: QuestionCluster<Unanswered>): number | null {
  const counted = Map.groupBy(questions.filter(({ documentId }) => documentId !== null), ({ documentId }) => documentId);
  const [first] = [...counted].toSorted((one, other) => other[1].length - one[1].length || (one[0] ?? 0) - (other[0] ?? 0));
  return first?.[0] ?? null;
} // prettier-ignore

/** On the same policy, and by at least half of the words that it is called by. */
function isSame(
  { documentId, figures }: Improvement,
  document: OwnedDocument | null,
  { terms }: Described,
): boolean {
  const before = figures.terms ?? [];
  const shared = terms.filter((term) => before.includes(term)).length;
  return documentId === (document?.id ?? null) && shared * 2 >= Math.min(terms.length, before.length);
}

/** «guest, wifi», or what it stands for where no word was shared by enough. */
export const termsOf = ({ terms, document }: Pick<Subject, 'terms' | 'document'>) =>
  terms.length > 0 ? terms.join(', ') : (document?.title ?? 'one subject');

/** New subjects only: each is told to the policy's owner and the ISMS manager once. */
export async function proposeSubjects(tx: Queryable, lexicon: Lexicon, now: Date): Promise<Addressed[]> {
  const { days } = await selectSetting(tx, 'improvement.questions');
  const managers = (await selectByRole(tx, 'isms_manager')).map(({ id }) => id);
  const told: Addressed[] = [];
  for (const subject of await selectSubjects(tx, lexicon, now)) {
    if (subject.known !== null) continue;
    const improvement = await proposeFromQuestions(tx, now, {
      title: titleOf(subject),
      idea: ideaOf(subject, days),
      ownerId: subject.document?.ownerId ?? null,
      documentId: subject.document?.id ?? null,
      figures: { people: subject.people, questions: subject.questions, notHelpful: subject.notHelpful, days, terms: subject.terms, examples: subject.examples },
      answers: subject.answers,
    });
    told.push(...(await tellOf(tx, improvement, subject, [improvement.ownerId, ...managers])));
  }
  return told;
} // prettier-ignore

function titleOf(subject: Subject): string {
  const { document } = subject;
  const title = `Say what holds for «${termsOf(subject)}»${document === null ? '' : ` in the ${document.title}`}`;
  return title.slice(0, 200);
}

/** Counts, the policy, and wordings that several shared: nothing of anybody alone. */
function ideaOf({ people, questions, notHelpful, examples, document }: Subject, days: number): string {
  return [
    `${people} people asked ${questions} times in ${days} days, and ${document === null ? 'no policy answers it' : `${document.reference} ${document.title} does not answer it`}.`,
    ...(notHelpful === 0 ? [] : [`${notHelpful} of the answers they got did not help.`]),
    ...(examples.length === 0
      ? []
      : [`Several asked: ${examples.map((example) => `«${example}»`).join(', ')}.`]),
    'Add the rule, or decline and say where it stands.',
  ].join(' ');
}

async function tellOf(tx: Queryable, improvement: Improvement, subject: Subject, people: readonly number[]): Promise<Addressed[]> {
  const known = await selectPeople(tx, people);
  return [...new Set(people)].flatMap((personId) => {
    const person = known.get(personId);
    if (person === undefined) return [];
    const say = wording(room, languageOf(person));
    const { document } = subject;
    const values = { people: subject.people, terms: termsOf(subject), title: document?.title ?? '', reference: improvement.reference };
    const text = say(document === null ? 'fromQuestions' : 'fromQuestionsOn', values);
    const button = buttonsOf(room).recordButton('show', say('look'), improvement.reference, { style: 'primary' });
    return [{ to: { personId }, reply: { text, buttons: [button], aside: say('fromQuestionsWhy') } }];
  });
} // prettier-ignore
