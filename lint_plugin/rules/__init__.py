"""The rules, one a module; ``lint_plugin.rule.all_rules`` finds them."""
