// The runs of the ETL, their steps and problems, so that reports can say which data they are based on.
import {
  entity,
  instantOrNull,
  int32,
  int32OrNull,
  navigation,
  text,
  textOrNull,
  boolOrNull,
} from '../entity.ts';

export const runs = entity({
  name: 'runs',
  singular: 'run',
  lifetime: 'current',
  beta: true,
  description:
    'The journal of the warehouse: one row for each run of a night, also for those that published nothing.',
  key: ['runId'],
  properties: {
    runId: text('Id of the run, a GUID as text; missing-yyyymmdd for a night that nobody ran.'),
    dateKey: int32('Night that the run was for, as yyyymmdd in UTC; joins dates.dateKey.'),
    outcome: text(
      'How it ended: published, accepted, refused, failed, killed or missing; withdrawn when a rollback took it back. A rollback, and the erasure of someone’s personal data, are runs of their own.',
    ),
    startedDateTimeUTC: instantOrNull('When the run began, in UTC; null for a missing night.'),
    endedDateTimeUTC: instantOrNull(
      'When the run ended, in UTC; null for a missing night and for a run that was killed.',
    ),
    durationInMilliseconds: int32OrNull('How long the run took, in milliseconds; null when not known.'),
    isComplete: boolOrNull(
      'True when every source gave everything and had no problem to tell; null where nothing was harvested to the end.',
    ),
    generation: int32OrNull('Number of the generation that the run published; null where it published none.'),
    reason: textOrNull(
      'In words, why nothing was published, or why it was published or withdrawn knowingly; and how many people were erased.',
    ),
  },
  navigations: {
    date: navigation('dates', { dateKey: 'dateKey' }, 'runs', 'The night that the run was for.'),
  },
});

const runOfRow = text('The run; joins runs.runId.');

export const runSteps = entity({
  name: 'runSteps',
  singular: 'runStep',
  lifetime: 'current',
  beta: true,
  description: 'What a run did to each collection that it looked for.',
  key: ['runId', 'collection'],
  properties: {
    runId: runOfRow,
    collection: text('Name of the collection.'),
    completeness: text(
      'How much was read: complete, partial (what was not seen stays as it was) or failed (nothing changed).',
    ),
    rowsSeen: int32('Rows that the harvest brought.'),
    rowsInserted: int32('Rows, or states of things, that were new.'),
    rowsChanged: int32('Rows that said something else than before.'),
    rowsDeleted: int32('Things that were found gone.'),
    rowsOrphaned: int32('Rows left out because a thing that they refer to is not in the warehouse.'),
    rowsTrimmed: int32('Rows, or states of things, that went with days which are no longer kept.'),
    mergeInMilliseconds: int32('How long the merge into the warehouse took, in milliseconds.'),
  },
  navigations: {
    run: navigation('runs', { runId: 'runId' }, 'runSteps', 'The run that this was a part of.'),
  },
});

export const runProblems = entity({
  name: 'runProblems',
  singular: 'runProblem',
  lifetime: 'current',
  beta: true,
  description: 'What the sources of a run, or its verification, had to complain of.',
  key: ['runId', 'position'],
  properties: {
    runId: runOfRow,
    position: int32('Place in the order in which the problems came up, from 0.'),
    source: text('Address below the root of Microsoft Graph, or the collection that it is about.'),
    message: text('The problem in a sentence for the admin.'),
  },
  navigations: {
    run: navigation('runs', { runId: 'runId' }, 'runProblems', 'The run that had the problem.'),
  },
});
