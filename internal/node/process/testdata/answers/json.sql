-- JSON_EXTRACT_PATH_TEXT and JSON_EXTRACT_ARRAY_ELEMENT_TEXT: NULL where there is no such element.
select json_extract_path_text('{"b":1}', 'a') is null as a, json_extract_path_text('{"a":{"b":1}}', 'a', 'z') is null as b, json_extract_array_element_text('["x","y"]', -1) is null as c
=> a bool, b bool, c bool
t|t|t|

select nvl(json_extract_path_text('{"b":1}', 'a'), 'x') as a, coalesce(json_extract_path_text('{"b":1}', 'a')::int, 0) as b, json_extract_array_element_text('["x","y"]', 1) as c, json_extract_array_element_text('["x","y"]', 5) as d
=> a varchar, b int4, c varchar, d varchar
x|0|y|NULL|
