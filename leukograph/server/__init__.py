"""The graph over HTTP: SPARQL 1.1 Protocol, named queries, and the answers as JSON.

`settings` says what is served and within which limits; `protocol`, `negotiation` and
`description` know the standards; `verbs` are the answers; `backend` asks the workers
(`worker`), which do everything that a stranger could make expensive; `guards` stand
before every request; `app` puts it together and `run` serves it.
"""
