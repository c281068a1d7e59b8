"""Who is told when nobody watches: alerts, the outbox they wait in, and the ways out of it.

Here belongs everything from "somebody has to know" to "it was sent". Not here: what senders of returns
read (``sources.desk``), and what a command prints (``orchestration.printouts``).
"""
