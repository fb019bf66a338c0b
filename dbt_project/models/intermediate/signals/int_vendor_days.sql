select 1 as todo
