/** Which version of a document people are asked for, and who may read it: as search finds it, in SQL. */

/** Versions that are in force on a day, one a document. @param day  SQL for it */
export const inForceSql = (day: string) => `
  select distinct on (version.document_id) version.*, document.reference
  from document_version version join document on document.id = version.document_id
  where document.archived_at is null and document.kind = 'policy' and version.status = 'published' and version.effective_from <= ${day}
  order by version.document_id, version.effective_from desc, version.id desc`;

/** Whether somebody may read a version and is asked for anything: whoever only audits is not. Of `person` and `version`. */
export const isReaderSql = `person.active
  and version.audience && (array['everyone'] || array(select lower(name) from unnest(person.groups || person.roles || person.department) as name))
  and not ('auditor' = any(person.roles) and not person.roles && '{action_owner,manager,isms_manager,admin}')`;

/** 2 of 2.1: what begins anew with a major version. */
const majorSql = (version: string) => `split_part(ltrim(lower(${version}), 'v '), '.', 1)`;

/** Whether what was acknowledged of one version holds for the other. @param minorAgain  SQL: a minor one asks anew */
export const holdsSql = (acknowledged: string, version: string, minorAgain: string) =>
  `(${acknowledged} = ${version} or (not ${minorAgain} and ${majorSql(acknowledged)} = ${majorSql(version)}))`;
