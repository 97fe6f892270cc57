/** `isma import improvements <file>` and `isma export improvements`. Who asked the questions that led to one is in neither. */
import { maybe, must, readChoice, readDay, readPersonId, readText } from '../../dialogue/import-cells.ts';
import { transferOf } from '../../dialogue/record-import.ts';
import { actionsInCells } from '../../isms/corrective-action/line.ts';
import {
  amendImprovement,
  improvements,
  proposeImprovement,
  sources,
} from '../../isms/improvement/improvement.ts';
import { selectOwned } from '../../isms/improvement/unanswered.ts';
import { words } from '../../language/vocabulary.ts';

const broughtFrom = sources.filter((each) => each !== 'questions');

export const improvementTransfer = transferOf({
  name: 'improvements',
  record: improvements,
  people: ['ownerId'],
  same: ['title'],
  columns: (people) => ({
    title: must(readText(200)).describe('improvement, name, subject, verbesserung, amélioration, mejora'),
    idea: must(readText(4_000)).describe('description, what, how, beschreibung, idee, description_fr, descripción'),
    origin: maybe(readChoice(broughtFrom, words('improvements/source'))).describe('source, came_from, quelle, origine, origen'),
    ownerId: maybe(readPersonId(people)).describe('responsible, verantwortlich, responsable'),
    dueOn: maybe(readDay).describe('due, due_date, by_when, deadline, termin, frist, échéance, plazo'),
  }),
  add: (tx, command, { origin, ...cells }) => proposeImprovement(tx, command, { ...cells, source: origin ?? 'person' }),
  change: (tx, command, row, { origin: _, ...changed }) => amendImprovement(tx, command, row, changed),
  shown: {
    source: async (_tx, rows) => rows.map(({ source }) => source),
    policy: async (tx, rows) => {
      const known = await selectOwned(tx, rows.flatMap(({ documentId }) => documentId ?? []));
      return rows.map(({ documentId }) => known.find(({ id }) => id === documentId)?.reference ?? '');
    },
    asked_by: async (_tx, rows) => rows.map(({ figures }) => (figures.people === undefined ? '' : `${figures.people} people, ${figures.questions ?? 0} questions in ${figures.days ?? 0} days`)),
    proposed_by: async (_tx, rows) => rows.map(({ proposedByName }) => proposedByName),
    result: async (_tx, rows) => rows.map(({ result, stateReason }) => result ?? stateReason ?? ''),
    recorded_actions: (tx, rows) => actionsInCells(tx, rows.map(improvements.nameOf)),
  },
}); // prettier-ignore
