// The common client of Jira Cloud (jira.js) against the simulator: host says where the site is.
import { Version3Client } from 'jira.js'
import { base, input, run } from './run.mjs'

const jira = new Version3Client({ host: base, authentication: { basic: { email: 'rehearsal', apiToken: 'rehearsal' } } })

run(async () => {
  const out = {}
  const issues = []
  for (let nextPageToken; ;) {
    const page = await jira.issueSearch.searchForIssuesUsingJqlEnhancedSearchPost({ jql: 'project = "rehearsal" ORDER BY key', fields: ['summary'], maxResults: 2, nextPageToken })
    issues.push(...page.issues)
    if (page.isLast || !page.nextPageToken) break
    nextPageToken = page.nextPageToken
  }
  out.records = issues.map((i) => [i.id, i.fields.summary]).sort()
  const read = await jira.issues.bulkFetchIssues({ issueIdsOrKeys: input.read, fields: ['summary'] })
  out.fields = Object.fromEntries(read.issues.map((i) => [i.id, i.fields.summary]))
  out.found = (await jira.userSearch.findUsers({ query: input.email, maxResults: 50 })).map((u) => u.accountId)
  out.set = {}
  for (const issueIdOrKey of input.set) {
    try {
      await jira.issues.editIssue({ issueIdOrKey, fields: { [input.field]: input.value }, notifyUsers: false })
      out.set[issueIdOrKey] = 'done'
    } catch (e) { out.set[issueIdOrKey] = e.status === 404 || e.response?.status === 404 ? 'rejected' : String(e) }
  }
  const again = await jira.issues.bulkFetchIssues({ issueIdsOrKeys: [input.set[0]], fields: [input.field] })
  out.value = again.issues[0].fields[input.field]
  const task = await jira.issues.createIssue({ fields: { project: { key: 'rehearsal' }, issuetype: { name: 'Task' }, summary: 'Call', labels: ['playctl', 'playctl-k-1'],
    description: { type: 'doc', version: 1, content: [{ type: 'paragraph' }] } }, properties: [{ key: 'playctl', value: { key: 'k-1', play: '', step: '' } }] })
  const polled = await jira.issues.bulkFetchIssues({ issueIdsOrKeys: [task.id], fields: ['status', 'resolution', 'resolutiondate', 'statuscategorychangedate', 'updated'], properties: ['playctl'] })
  out.task = polled.issues[0].fields.status.statusCategory.key === 'done' ? 'done' : 'open'
  const looked = await jira.issueSearch.searchForIssuesUsingJqlEnhancedSearchPost({ jql: 'project = "rehearsal" AND labels in ("playctl-k-1")', fields: ['labels'], maxResults: 100 })
  out.looked_up = looked.issues[0].id === task.id
  const comment = await jira.issueComments.addComment({ issueIdOrKey: input.task, comment: { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Hello' }] }] } })
  out.sent = comment.id !== ''
  const stranger = new Version3Client({ host: base, authentication: { basic: { email: 'rehearsal', apiToken: 'wrong' } } })
  try { await stranger.myself.getCurrentUser(); out.refused = false } catch (e) { out.refused = (e.status ?? e.response?.status) === 401 }
  return out
})
