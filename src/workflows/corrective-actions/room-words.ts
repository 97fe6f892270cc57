/** Words that may want this room's tools, read generously: whatever belongs to a finding, an action or its day. */

/** How such words begin, in four languages. */
const beginnings = [
  'non-?conform, corrective, finding, observation, improvement, register, record, raise, contain',
  'action, task, overdue, due, deadline, delay, postpone, extend, extension, more time, more days, more weeks',
  'done, finish, complete, progress, percent, hand over, reassign, root cause, whys, evidence, verif, effective',
  'abweichung, feststellung, maßnahme, massnahme, aufgabe, überfällig, fällig, frist, erledigt, fertig, verschieb, ursache, nachweis, wirksam',
  'constat, mesure, tâche, registre, retard, échéance, terminé, fini, preuve, prolong',
  'no conformidad, hallazgo, acción, acciones, medida, tarea, registro, vencid, plazo, terminad, hecho, causa, evidencia',
].join(', ');
const pattern = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${beginnings.split(', ').join('|')}|(?:nc|ca)s?(?![\\p{L}]))|\\d ?%`,
  'iu',
);

export function speaksOfRecords(text: string): boolean {
  return pattern.test(text);
}
