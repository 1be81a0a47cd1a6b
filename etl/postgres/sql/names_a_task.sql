-- Whether a text is {course}:{host}-{block}:{user}; a longer one may not fit into an index.
text ~ ('^[^:[:space:]"{},][^[:space:]"{},]*'
        ':[^:+[:space:]"{},]*[^-:+[:space:]"{},]'
        ':[^:[:space:]"{},]*$') AND length(text) <= 600
