{# The normal distribution and what rests on it, in plain arithmetic that every engine speaks. #}

{% macro z_95() -%}
    {#- Two-sided 95 %: the 0.975 quantile of the standard normal. -#}
    1.959963984540054
{%- endmacro %}


{% macro horner(coefficients, x) -%}
    {#- A polynomial from its highest coefficient down. -#}
    {%- set ns = namespace(text=coefficients[0] ~ 'e0') -%}
    {%- for coefficient in coefficients[1:] -%}
        {%- set ns.text = '(' ~ ns.text ~ ' * ' ~ x ~ ' + ' ~ coefficient ~ 'e0)' -%}
    {%- endfor -%}
    {{ ns.text }}
{%- endmacro %}


{% macro normal_upper_tail(z) -%}
    {#-
        P(Z > z) for z >= 0, to 1e-15. Hart (1968) as given by West, "Better approximations to
        cumulative normal functions", Wilmott 2005. `z` is used often: pass a column.
    -#}
    case
        when {{ z }} > 37 then 0e0
        when {{ z }} < 7.07106781186547
            then exp(-1e0 * {{ z }} * {{ z }} / 2) * {{ horner([
                '0.0352624965998911', '0.700383064443688', '6.37396220353165', '33.912866078383',
                '112.079291497871', '221.213596169931', '220.206867912376'], z) }}
            / {{ horner([
                '0.0883883476483184', '1.75566716318264', '16.064177579207', '86.7807322029461',
                '296.564248779674', '637.333633378831', '793.826512519948', '440.413735824752'], z) }}
        else
            exp(-1e0 * {{ z }} * {{ z }} / 2) / 2.506628274631
            / ({{ z }} + 1 / ({{ z }} + 2 / ({{ z }} + 3 / ({{ z }} + 4 / ({{ z }} + 0.65)))))
    end
{%- endmacro %}


{% macro wilson_bound(successes, n, sign) -%}
    {#-
        One bound of Wilson's 95 % interval of a share; `sign` is -1 (low) or 1 (high). Null for n = 0.
        Wilson 1927, JASA 22:209-212.
    -#}
    case
        when {{ n }} > 0
            then
                (
                    cast({{ successes }} as double) / {{ n }}
                    + {{ z_95() }} * {{ z_95() }} / (2e0 * {{ n }})
                    + {{ sign }} * {{ z_95() }} * sqrt(
                        (
                            cast({{ successes }} as double) / {{ n }}
                            * (1e0 - cast({{ successes }} as double) / {{ n }})
                            + {{ z_95() }} * {{ z_95() }} / (4e0 * {{ n }})
                        ) / {{ n }}
                    )
                ) / (1e0 + {{ z_95() }} * {{ z_95() }} / {{ n }})
    end
{%- endmacro %}
